"""The SSE edge: hears events from broker or log and hands them to browsers. It stores nothing."""
