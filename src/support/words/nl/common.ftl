# The common messages.

# Dates: words::date.
common-date = { $day } { $month } { $year }
common-month-1 = januari
common-month-2 = februari
common-month-3 = maart
common-month-4 = april
common-month-5 = mei
common-month-6 = juni
common-month-7 = juli
common-month-8 = augustus
common-month-9 = september
common-month-10 = oktober
common-month-11 = november
common-month-12 = december

# Countries of the law table: words::country_name.
common-country-NL = Nederland
common-country-DE = Duitsland
common-country-BE = België
common-country-AT = Oostenrijk
common-country-LU = Luxemburg
common-country-CH = Zwitserland
common-country-FR = Frankrijk
common-country-IT = Italië
common-country-ES = Spanje
common-country-PL = Polen
common-country-IE = Ierland
common-country-DK = Denemarken
common-country-SE = Zweden
common-country-GB = Verenigd Koninkrijk
