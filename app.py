"""The door of the application. No logic: the shell is in `ui/server/shell.py`, the pages in `ui/navigation.py`.

The same file is the server (`app`, found by `streamlit run app.py` and by any ASGI server) and the script
that Streamlit runs for each visitor (`main`): a separate script file would leave Streamlit's AppTest empty.
"""

import streamlit as st

from ui.server import heap

with heap.loading_modules():
    from ui import access, errors, frame, gate, loading, navigation, search
    from ui.server import shell, warming

app = st.App(
    "app.py",
    routes=shell.routes(),
    middleware=shell.middleware(),
    lifespan=shell.lifespan,
    on_script_error=errors.show_error,
)


def main() -> None:
    """Draw the page that the visitor asked for, or why nothing may be shown."""
    with warming.RUNS.one():
        draw()


def draw() -> None:
    """See `main`."""
    shell.wait_until_open()
    refusal = loading.refusal()
    page = navigation.current_page(access.VISITOR if refusal else access.account())
    if refusal:
        frame.refused(refusal)
        frame.foot()
        return
    gate.bar(page.url_path)
    search.box(page.url_path)
    gate.require(page.url_path)
    page.run()
    frame.foot()
    heap.WARM.after_run(page.url_path, loading.revision())


if __name__ == "__main__":
    main()
