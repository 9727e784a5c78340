"""The API as types: requests are checked against them, and the OpenAPI document is made from them."""
