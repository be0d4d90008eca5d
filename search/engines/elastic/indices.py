"""The indices behind one alias: which is served, which are being built, and the swap.

Searches and changes go to the alias. A rebuild fills a new index beside the served one; the
alias then moves in one step, so that no search ever meets an empty or a half-filled index.
"""

from __future__ import annotations

import datetime
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from elastic_transport import ConnectionTimeout, TransportError
from elasticsearch import ApiError, Elasticsearch, NotFoundError
from elasticsearch.helpers import ScanError
from elasticsearch_dsl import Index

from search.engines.base import EngineUnavailable
from search.engines.elastic.documents import SCHEMA, index_settings, mapping

#: Seconds that work on whole indices may take, where a search may not.
PATIENCE = 60

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
        raise EngineUnavailable(
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
        index.settings(**index_settings(building=True))
        index.mapping(mapping())
        with unavailable_if_unanswered("creating an index"):
            index.create()
        return name

    def served(self) -> list[str]:
        """The index behind the alias; none before the first rebuild."""
        with unavailable_if_unanswered("finding the served index"):
            try:
                return sorted(self._client.indices.get_alias(name=self.alias).body)
            except NotFoundError:
                return []

    def serve(self, name: str) -> None:
        """Move the alias to a finished index, then remove those that it replaces: the ones
        served before, those of an older schema, and builds that were given up."""
        with unavailable_if_unanswered("swapping the index"):
            self._patient.indices.put_settings(index=name, settings=index_settings(building=False))
            self._patient.indices.refresh(index=name)
            replaced = self.served()
            self._patient.indices.update_aliases(
                actions=[
                    {"remove": {"index": f"{self.alias}-*", "alias": self.alias}},
                    {"add": {"index": name, "alias": self.alias}},
                ]
                if replaced
                else [{"add": {"index": name, "alias": self.alias}}]
            )
            for old in {*replaced, *self._left_over()} - {name}:
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

    def _left_over(self) -> Iterator[str]:
        now = datetime.datetime.now(datetime.UTC)
        for name, state in self._states().items():
            milliseconds = int(state["settings"]["index"]["creation_date"])
            age = now - datetime.datetime.fromtimestamp(milliseconds / 1000, datetime.UTC)
            older_schema = state["aliases"] and self.alias not in state["aliases"]
            if older_schema or (not state["aliases"] and age > ABANDONED_AFTER):
                yield name

    def _states(self) -> dict[str, Any]:
        found = self._patient.indices.get(index=f"{self.site}-v*", features="aliases,settings")
        # Of "toolkit-v*" the indices of a site called "toolkit-very-large" are not ours.
        ours = re.compile(re.escape(self.site) + r"-v\d+\.\d+-\d{14}-[0-9a-f]{8}")
        return {name: state for name, state in found.body.items() if ours.fullmatch(name)}
