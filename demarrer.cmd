@echo off
rem Double-cliquez sur ce fichier pour lancer Zevillage. La premiere fois, il installe ce qu'il faut (quelques minutes).
setlocal
chcp 65001 >nul
cd /d "%~dp0"
if not defined PORT set "PORT=8501"

set "PY="
py -3 -c "import sys; sys.exit(sys.version_info < (3, 11))" >nul 2>&1 && set "PY=py -3"
if defined PY goto install
python -c "import sys; sys.exit(sys.version_info < (3, 11))" >nul 2>&1 && set "PY=python"
if defined PY goto install
echo.
echo Zevillage a besoin de Python 3.11 ou plus récent.
echo Installez-le depuis https://www.python.org/downloads/ en cochant « Add python.exe to PATH »,
echo puis double-cliquez de nouveau sur ce fichier.
echo.
pause
exit /b 1

:install
%PY% tools\setup_venv.py requirements.txt
if errorlevel 1 goto failed
echo.
echo Zevillage s'ouvre dans votre navigateur : http://127.0.0.1:%PORT%
echo Gardez cette fenêtre ouverte. Pour arrêter : fermez-la, ou appuyez sur Ctrl+C.
echo.
.venv\Scripts\python.exe -m streamlit run app.py --server.port %PORT%
if errorlevel 1 goto failed
exit /b 0

:failed
echo.
echo Zevillage n'a pas pu démarrer. Le message ci-dessus dit pourquoi.
echo.
pause
exit /b 1
