"""What changed without a data break: both texts side by side, place by place."""
