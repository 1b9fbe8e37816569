//! `kluis-send`: the webshop's side.
