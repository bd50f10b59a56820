"""Questions that management and the law ask. One module is one report; every figure opens the records it counts."""
