"""The endpoint: sessions that survive their replicas, a gate in front of them, and clients."""
