"""What may be uploaded: pictures that can be drawn, files that are what their names say.

Wagtail looks at a picture's size in pixels only after it has asked a library to open it, and
that library raises many things; at a file it looks by its name. Every refusal here is a message
at the field, whichever of Wagtail's forms the file came through.
"""

from __future__ import annotations

import functools
import logging
import warnings
import zipfile
from collections.abc import Callable
from pathlib import PurePath
from typing import Any, BinaryIO

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files import File
from django.utils.translation import gettext as _
from PIL import Image as Pillow
from wagtail.documents.forms import BaseDocumentForm
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm
from wagtail.images.models import AbstractImage, Filter, SourceImageIOError

MAX_FRAMES = 100  # of a moving picture: each is drawn again for every width

_logger = logging.getLogger(__name__)

_OFFICE = {"docx": "word/", "xlsx": "xl/", "pptx": "ppt/"}
_MIMETYPES = {
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odp": "application/vnd.oasis.opendocument.presentation",
    "epub": "application/epub+zip",
}
_BEGINNINGS = {"pdf": b"%PDF-", "rtf": b"{\\rtf"}
_SAMPLE = 65_536  # bytes of a text that are looked at
_BYTE_ORDER_MARKS = (b"\xff\xfe", b"\xfe\xff")


class PictureField(WagtailImageField):
    """Takes a picture only if all of it can be drawn, and asks for its size before it draws."""

    def to_python(self, data: Any) -> Any:
        if data in self.empty_values:
            return super().to_python(data)
        self.check_image_file_size(data)
        extension = PurePath(data.name).suffix.lower().removeprefix(".")
        if extension not in self.allowed_image_extensions:
            raise ValidationError(
                self.error_messages["invalid_image_extension"], code="invalid_image_extension"
            )
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", Pillow.DecompressionBombWarning)
                self._check_drawing(data)
            data.seek(0)
            return super().to_python(data)
        except ValidationError:
            raise
        except Exception as error:  # whatever a library raises, it is no picture for us
            raise ValidationError(
                _("This file cannot be read as a picture. It may be damaged: save it anew."),
                code="invalid_image",
            ) from error
        finally:
            data.seek(0)

    def _check_drawing(self, data: BinaryIO) -> None:
        """Raises ``ValidationError`` for what is too large, anything else for what is damaged."""
        data.seek(0)
        try:
            picture = Pillow.open(data)
        except Pillow.DecompressionBombError as error:
            raise self._too_large() from error
        width, height = picture.size
        if width * height > self.max_image_pixels:
            raise self._too_large()
        frames = getattr(picture, "n_frames", 1)
        if frames > MAX_FRAMES or width * height * frames > self.max_image_pixels:
            raise ValidationError(
                _(
                    "This picture moves through %(frames)s frames, which is more than can be "
                    "shown. Upload a still picture, or link to a film."
                )
                % {"frames": frames},
                code="too_many_frames",
            )
        for frame in range(frames):
            picture.seek(frame)
            picture.load()

    def _too_large(self) -> ValidationError:
        return ValidationError(
            _(
                "This picture is too large to be drawn: it may have at most %(limit)s million "
                "pixels. Make it smaller (3,000 pixels in width are plenty) and upload it again."
            )
            % {"limit": self.max_image_pixels // 10**6},
            code="file_too_many_pixels",
        )


class PictureForm(BaseImageForm):
    """Wagtail's form of an image with a field that is asked everything before it is believed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if wagtails := self.fields.get("file"):
            self.fields["file"] = PictureField(
                label=wagtails.label, required=wagtails.required, widget=wagtails.widget
            )


class DocumentForm(BaseDocumentForm):
    """Wagtail's form of a document; its file has to be what its extension says."""

    def clean_file(self) -> File:
        file: File = self.cleaned_data["file"]
        if "file" in self.changed_data:
            extension = PurePath(file.name or "").suffix.lower().removeprefix(".")
            if not _is(extension, file):
                raise ValidationError(
                    _(
                        "What is in this file is not what “.%(extension)s” says. Save it in the "
                        "program that made it, as a file of this kind, and upload it again."
                    )
                    % {"extension": extension},
                    code="other_content",
                )
        return file


def _is(extension: str, file: BinaryIO | File) -> bool:
    """Whether a file's content is of the kind that its extension names; unknown kinds are not
    for this function to refuse."""
    file.seek(0)
    start = file.read(_SAMPLE)
    try:
        if extension in _BEGINNINGS:
            return _BEGINNINGS[extension] in start[:1024]
        if extension in {"csv", "md", "txt"}:
            return start.startswith(_BYTE_ORDER_MARKS) or b"\x00" not in start
        if extension in {*_OFFICE, *_MIMETYPES, "zip"}:
            return _is_archive(file, _holds(extension))
        return True
    finally:
        file.seek(0)


def _is_archive(file: BinaryIO | File, holds: Callable[[zipfile.ZipFile], bool]) -> bool:
    try:
        with zipfile.ZipFile(file) as archive:  # type: ignore[arg-type]
            return holds(archive)
    except Exception:  # a damaged archive raises a dozen things
        return False


def _holds(extension: str) -> Callable[[zipfile.ZipFile], bool]:
    """What an archive must hold to be a document of this kind."""
    if folder := _OFFICE.get(extension):
        return lambda archive: any(name.startswith(folder) for name in archive.namelist())
    if mimetype := _MIMETYPES.get(extension):

        def says_so(archive: zipfile.ZipFile) -> bool:
            with archive.open("mimetype") as entry:
                return entry.read(100).strip().startswith(mimetype.encode())

        return says_so
    return lambda archive: True


def show_others_where_one_cannot_be_drawn() -> None:
    """Wagtail shows a gap for a picture whose file is missing, on pages and not in its chooser.
    Here there is one everywhere: also for a picture that cannot be drawn (stored before it was
    checked, or damaged since), and for one whose drawing cannot be kept: a picture is drawn when
    somebody looks at it first, and the disk may be full."""
    Pillow.MAX_IMAGE_PIXELS = settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS
    if getattr(Filter.run, "is_guarded", False):
        return
    Filter.run = _guarded(Filter.run)
    AbstractImage.create_rendition = _guarded(AbstractImage.create_rendition)
    AbstractImage.create_renditions = _guarded(AbstractImage.create_renditions)
    AbstractImage.get_rendition = _or_a_gap(AbstractImage.get_rendition)


def _guarded(draw: Callable[..., Any]) -> Callable[..., Any]:
    """The same, raising nothing but what Wagtail expects of a missing file."""

    @functools.wraps(draw)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        try:
            return draw(*args, **kwargs)
        except SourceImageIOError:
            raise
        except Exception as error:
            _logger.warning("A picture cannot be drawn or kept: %s", error)
            raise SourceImageIOError(str(error)) from error

    guarded.is_guarded = True  # type: ignore[attr-defined]
    return guarded


def _or_a_gap(draw: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(draw)
    def drawn(image: AbstractImage, spec: Any) -> Any:
        try:
            return draw(image, spec)
        except SourceImageIOError:
            gap = image.get_rendition_model()(image=image, width=0, height=0)
            gap.file.name = "not-found"  # as Wagtail names it
            return gap

    return drawn
