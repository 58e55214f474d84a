@echo off
rem The commands of the README on Windows: "make run", "make quick" and "make test" typed in this folder.
setlocal
cd /d "%~dp0"
if "%~1"=="" goto run
if /i "%~1"=="run" goto run
if /i "%~1"=="test" goto test
if /i "%~1"=="quick" goto test
echo Usage: make run ^| make quick ^| make test
exit /b 2

:run
call "%~dp0demarrer.cmd"
exit /b %errorlevel%

:test
set "PY=python"
py -3 -c "" >nul 2>&1 && set "PY=py -3"
%PY% tools\setup_venv.py requirements-dev.txt || exit /b 1
set "VPY=.venv\Scripts\python.exe"
if /i "%~1"=="test" %VPY% -m tests.browser.chromium || exit /b 1
%VPY% -m ruff check . || exit /b 1
%VPY% -m ruff format --check . || exit /b 1
%VPY% -m mypy . || exit /b 1
set "ONLY="
if /i "%~1"=="quick" set ONLY=-m "not browser and not office"
%VPY% -m pytest -n auto --maxprocesses 8 --dist worksteal %ONLY%
exit /b %errorlevel%
