@echo off
rem The two commands of the README on Windows: "make run" and "make test" typed in this folder.
setlocal
cd /d "%~dp0"
if "%~1"=="" goto run
if /i "%~1"=="run" goto run
if /i "%~1"=="test" goto test
echo Usage: make run ^| make test
exit /b 2

:run
call "%~dp0demarrer.cmd"
exit /b %errorlevel%

:test
set "PY=python"
py -3 -c "" >nul 2>&1 && set "PY=py -3"
%PY% tools\setup_venv.py requirements-dev.txt || exit /b 1
set "VPY=.venv\Scripts\python.exe"
%VPY% -m tests.browser.chromium || exit /b 1
%VPY% -m ruff check . || exit /b 1
%VPY% -m ruff format --check . || exit /b 1
%VPY% -m mypy . || exit /b 1
%VPY% -m pytest
exit /b %errorlevel%
