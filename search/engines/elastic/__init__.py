"""Search on an Elasticsearch server. Only this package knows its client library."""

from search.engines.elastic.engine import ElasticEngine

__all__ = ["ElasticEngine"]
