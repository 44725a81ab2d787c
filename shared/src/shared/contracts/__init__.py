"""What crosses between services: events, roles and the answers of queries. Data only, no behaviour."""
