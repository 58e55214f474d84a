@echo off
rem Double-cliquez : Zevillage demarrera a chaque ouverture de votre session Windows. Pas besoin d'etre administrateur.
rem Pour ne plus le faire : supprimez Zevillage.cmd du dossier qui s'ouvre avec Windows+R puis shell:startup
rem Ecrit d'apres la documentation de Windows ; non essaye sur un vrai poste.
setlocal
chcp 65001 >nul
for %%I in ("%~dp0..\..") do set "DOSSIER=%%~fI"
set "DEMARRAGE=%APPDATA%\Microsoft\Windows\Start Menu\Programs\Startup"
if not exist "%DOSSIER%\demarrer.cmd" goto perdu
if not exist "%DEMARRAGE%" goto perdu
> "%DEMARRAGE%\Zevillage.cmd" echo @start "Zevillage" /min cmd /c ""%DOSSIER%\demarrer.cmd""
if errorlevel 1 goto perdu
echo.
echo C'est fait : Zevillage démarrera à l'ouverture de votre session, dans une fenêtre réduite.
echo Adresse : http://127.0.0.1:8501
echo.
pause
exit /b 0

:perdu
echo.
echo Ce fichier doit rester dans deploy\windows, à côté du reste de Zevillage. Rien n'a été changé.
echo.
pause
exit /b 1
