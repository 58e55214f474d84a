"""The housing watch: when to look, how long listings live, who to call, which dwelling for whom. Pure: today is an argument."""

from analysis.watch.window import SearchWindow, WindowError, WindowState, search_window

__all__ = ["SearchWindow", "WindowError", "WindowState", "search_window"]
