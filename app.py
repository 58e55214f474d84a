"""The door of the application. No logic: the shell is in `ui/server.py`, the pages in `ui/navigation.py`.

The same file is the server (`app`, found by `streamlit run app.py` and by any ASGI server) and the script
that Streamlit runs for each visitor (`main`): a separate script file would leave Streamlit's AppTest empty.
"""

import streamlit as st

from ui import frame, loading, navigation, search, server

app = st.App("app.py", routes=server.routes(), middleware=server.middleware(), lifespan=server.lifespan)


def main() -> None:
    """Draw the page that the visitor asked for, or why nothing may be shown."""
    page = navigation.current_page()
    if refusal := loading.refusal():
        frame.refused(refusal)
    else:
        search.box(page.url_path)
        page.run()


if __name__ == "__main__":
    main()
