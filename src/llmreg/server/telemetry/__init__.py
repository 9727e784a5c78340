"""What the server tells about itself: its log, the audit log, the figures that Prometheus reads."""
