"""Following the candidates, from the dossier to the reception. Pure: today is an argument."""
