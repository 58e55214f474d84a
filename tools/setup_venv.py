"""Make the virtual environment, install a locked list of packages into it and compile the application; instant when already done.

    python3 tools/setup_venv.py requirements.txt

With the address of a PostgreSQL server in ZEVILLAGE_DATABASE_URL, `requirements.txt` means the list that has its driver too.

Run by `make` and by the Windows start file with whatever Python the machine has, so the syntax stays readable
by old Pythons: they must get as far as saying that they are too old.
"""

import hashlib
import os
import subprocess
import sys

OLDEST = (3, 11)
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
PYTHON = (
    os.path.join(VENV, "Scripts", "python.exe") if os.name == "nt" else os.path.join(VENV, "bin", "python")
)

CODE = ("app.py", "analysis", "data", "pages", "reports", "ui")

TOO_OLD = """
Zevillage a besoin de Python 3.11 ou plus recent ; celui-ci est le {version} ({where}).
Installez-en un (https://www.python.org/downloads/) ou designez-le : make run PYTHON=/chemin/vers/python3.12

Zevillage needs Python 3.11 or newer; this one is {version} ({where}).
Install one, or name it: make run PYTHON=/path/to/python3.12
"""
NO_PIP = """
Ce Python ne sait pas creer d'environnement (modules venv et pip absents).
Sous Debian ou Ubuntu :   sudo apt-get install python3-venv     puis relancez la meme commande.

This Python cannot make a virtual environment (modules venv and pip are missing).
On Debian or Ubuntu:      sudo apt-get install python3-venv     then run the same command again.
"""
NO_INSTALL = """
L'installation des paquets a echoue (message ci-dessus). Le reseau ou le depot de paquets est-il joignable ?
Rien n'est abime : relancez la meme commande.

Installing the packages failed (see above). Can this machine reach a package index?
Nothing is broken: run the same command again.
"""


def works(*command):  # type: (str) -> bool
    """Whether a command runs and succeeds; its output is not shown."""
    try:
        with open(os.devnull, "w") as nowhere:
            return subprocess.call(list(command), stdout=nowhere, stderr=nowhere) == 0
    except OSError:
        return False


def make_venv():  # type: () -> None
    """Create `.venv` with pip in it, or stop with what to do."""
    if works(PYTHON, "-m", "pip", "--version"):
        return
    print("Creation de l'environnement Python (.venv)...")
    if works(sys.executable, "-m", "venv", "--clear", VENV) and works(PYTHON, "-m", "pip", "--version"):
        return
    # Debian ships Python without ensurepip; a pip of the system can still fill a bare environment.
    if (
        works(sys.executable, "-m", "venv", "--clear", "--without-pip", VENV)
        and works(sys.executable, "-m", "pip", "--python", PYTHON, "install", "pip")
        and works(PYTHON, "-m", "pip", "--version")
    ):
        return
    sys.exit(NO_PIP)


def list_of(asked, address):  # type: (str, str) -> str
    """The list to install: the one asked for, or the one with PostgreSQL's driver where the database's address needs it."""
    needs_driver = address.strip().lower().startswith("postgres")
    return "requirements-postgresql.txt" if needs_driver and asked == "requirements.txt" else asked


def compile_code(python, root):  # type: (str, str) -> bool
    """Compile what changed of the application in `root`; whether that worked. A server may not write into its own code, and would compile
    all of it again at each start, half a second of processor. Where nobody may write here, it does.
    """
    return works(python, "-m", "compileall", "-q", *[os.path.join(root, name) for name in CODE])


def main():  # type: () -> None
    """Install the list named by the first argument, and compile the application."""
    install()
    compile_code(PYTHON, ROOT)


def install():  # type: () -> None
    """Install the list named by the first argument."""
    if sys.version_info < OLDEST:
        sys.exit(TOO_OLD.format(version=sys.version.split()[0], where=sys.executable))
    name = list_of(sys.argv[1], os.environ.get("ZEVILLAGE_DATABASE_URL", ""))
    with open(os.path.join(ROOT, name), "rb") as file:
        wanted = hashlib.sha256(file.read()).hexdigest()
    stamp = os.path.join(VENV, "installed-" + name)
    if os.path.exists(stamp) and os.path.exists(PYTHON):
        with open(stamp) as file:
            if file.read() == wanted:
                return
    make_venv()
    print("Installation des paquets de {} (quelques minutes la premiere fois)...".format(name))
    sys.stdout.flush()
    command = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    if subprocess.call(command + ["--require-hashes", "-r", os.path.join(ROOT, name)]) != 0:
        sys.exit(NO_INSTALL)
    with open(stamp, "w") as file:
        file.write(wanted)


if __name__ == "__main__":
    main()
