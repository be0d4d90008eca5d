"""The indices behind one alias: which is served, which are being built, and the swap.

Searches and changes go to the alias. A rebuild fills a new index beside the served one; the
alias then moves in one step, so that no search ever meets an empty or a half-filled index.
"""

from __future__ import annotations

import datetime
import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from elastic_transport import ConnectionTimeout, TransportError
from elasticsearch import ApiError, Elasticsearch
from elasticsearch.helpers import ScanError
from elasticsearch_dsl import Index

from search.engines.base import EngineUnavailable, IndexLost
from search.engines.elastic.documents import INDEX_SETTINGS, SCHEMA, mapping

#: Seconds that work on whole indices may take, where a search may not.
PATIENCE = 60

NOT_FOUND = 404  # the alias, and with it the index, is gone

#: A build that nobody has finished by then was given up, for example with a killed process.
ABANDONED_AFTER = datetime.timedelta(hours=12)


@contextmanager
def unavailable_if_unanswered(doing: str) -> Iterator[None]:
    """Turn what the client raises where the server cannot answer into ``EngineUnavailable``.

    That is: not reached, timed out, no such index, overloaded, refused. A request that the
    server does not understand (400) is a mistake of ours and is raised as it is.
    """
    try:
        yield
    except ConnectionTimeout as error:
        raise EngineUnavailable(f"{doing}: Elasticsearch timed out") from error
    except TransportError as error:
        raise EngineUnavailable(f"{doing}: Elasticsearch is not reached: {error}") from error
    except ScanError as error:
        raise EngineUnavailable(f"{doing}: {error}") from error
    except ApiError as error:
        if error.meta.status == 400:
            raise
        unavailable = IndexLost if error.meta.status == NOT_FOUND else EngineUnavailable
        raise unavailable(
            f"{doing}: Elasticsearch answers {error.meta.status} {error.error}"
        ) from error


class IndexFamily:
    """The indices of one site. ``site`` begins all their names; ``alias`` is the name searched
    and has the schema in it, so that code only ever meets an index of the shape it knows.

    Methods raise ``EngineUnavailable``.
    """

    def __init__(self, client: Elasticsearch, site: str) -> None:
        self.site = site
        self.alias = f"{site}-{SCHEMA}"
        self._client = client
        self._patient = client.options(request_timeout=PATIENCE)

    def create(self) -> str:
        """A new, empty index that nobody searches yet; returns its name."""
        now = datetime.datetime.now(datetime.UTC)
        name = f"{self.alias}-{now:%Y%m%d%H%M%S}-{secrets.token_hex(4)}"
        index = Index(name, using=self._patient)
        index.settings(**INDEX_SETTINGS)
        index.mapping(mapping())
        with unavailable_if_unanswered("creating an index"):
            index.create()
        return name

    def serve(self, name: str) -> None:
        """Move the alias to a finished index, then remove those that it replaces: the ones
        served before, those of an older schema, and builds that were given up."""
        with unavailable_if_unanswered("swapping the index"):
            self._patient.indices.refresh(index=name)
            states = self._states()
            # By pattern: another rebuild may have moved the alias a moment ago
            before = {"index": f"{self.alias}-*", "alias": self.alias, "must_exist": False}
            served = {"index": name, "alias": self.alias}
            self._patient.indices.update_aliases(actions=[{"remove": before}, {"add": served}])
            for old, state in states.items():
                if old != name and _is_replaceable(state):
                    self.discard(old)

    def discard(self, name: str) -> None:
        """Remove an index; one that is gone already is as good."""
        with unavailable_if_unanswered("removing an index"):
            self._patient.indices.delete(index=name, ignore_unavailable=True)

    def being_built(self) -> list[str]:
        """Indices that nobody searches yet."""
        with unavailable_if_unanswered("listing indices"):
            return [
                name
                for name, state in self._states().items()
                if name.startswith(f"{self.alias}-") and not state["aliases"]
            ]

    def remove_all(self) -> None:
        """Remove every index of the site, the served one too."""
        with unavailable_if_unanswered("removing all indices"):
            for name in self._states():
                self.discard(name)

    def _states(self) -> dict[str, Any]:
        found = self._patient.indices.get(index=f"{self.site}-v*", features="aliases,settings")
        # Of "toolkit-v*" the indices of a site called "toolkit-very-large" are not ours.
        ours = re.compile(re.escape(self.site) + r"-v\d+(?:\.\d+)+-\d{14}-[0-9a-f]{8}")
        return {name: state for name, state in found.body.items() if ours.fullmatch(name)}


def _is_replaceable(state: Mapping[str, Any]) -> bool:
    """Whether an index is of no more use beside a new one: it was served, with this schema or
    an older one, or its build was given up."""
    if state["aliases"]:
        return True
    milliseconds = int(state["settings"]["index"]["creation_date"])
    created = datetime.datetime.fromtimestamp(milliseconds / 1000, datetime.UTC)
    return datetime.datetime.now(datetime.UTC) - created > ABANDONED_AFTER
