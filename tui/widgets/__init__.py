"""Parts of the screens: each draws what it is given and tells upwards what a person did."""
