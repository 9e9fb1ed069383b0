"""What is measured: `./run bench`. See docs/performance.md for dated figures."""
