# The common messages.

# Dates: words::date.
common-date = { $day } { $month } { $year }
common-month-1 = January
common-month-2 = February
common-month-3 = March
common-month-4 = April
common-month-5 = May
common-month-6 = June
common-month-7 = July
common-month-8 = August
common-month-9 = September
common-month-10 = October
common-month-11 = November
common-month-12 = December

# Countries of the law table: words::country_name.
common-country-NL = Netherlands
common-country-DE = Germany
common-country-BE = Belgium
common-country-AT = Austria
common-country-LU = Luxembourg
common-country-CH = Switzerland
common-country-FR = France
common-country-IT = Italy
common-country-ES = Spain
common-country-PL = Poland
common-country-IE = Ireland
common-country-DK = Denmark
common-country-SE = Sweden
common-country-GB = United Kingdom
