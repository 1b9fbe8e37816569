# The law: until when invoices are kept, and why.

## Kept until, because

law-kept = kept until { $until }, because { $because }
law-because = { $law } ({ $article }) asks { $years } from { $from }
law-because-unseen = { "" }, and one year more, because an invoice does not show that day
law-because-advised = { "" }; { $adviser } advised { $years }
law-because-added = { "" }; the officer added { $years }
law-because-lengthened = { "" }; an officer set this later day
law-days = { $first } to { $last }
law-years =
    { $years ->
        [1] one year
        [2] two years
        [3] three years
        [4] four years
        [5] five years
        [6] six years
        [7] seven years
        [8] eight years
        [9] nine years
        [10] ten years
        [11] eleven years
        [12] twelve years
       *[other] { $years } years
    }

## From when the years count

law-from-book-year-end = the end of the book year { $year }
law-from-issue-year-end = the end of { $year }, the year of issue
law-from-year-end-of-book-year = the end of { $year }, the year in which the book year ended
law-from-january-after-issue = 1 January after { $year }, the year of issue
law-from-later-of-close-and-issue = the close of the book year { $year }
law-from-last-entry = the last entry, taken as the end of the book year { $year }
law-from-latest-transaction = the last transaction, taken as the end of the book year { $year }
law-from-tax-due-year-end = the end of { $year }, the year in which the tax fell due
law-from-transaction-year-end = the end of { $year }, the year of the transaction
law-from-first-use-year-end = the end of { $year }, the year of first use

## Whose law

law-of-NL = Dutch law
law-of-DE = German law
law-of-BE = Belgian law
law-of-AT = Austrian law
law-of-LU = Luxembourg law
law-of-CH = Swiss law
law-of-FR = French law
law-of-IT = Italian law
law-of-ES = Spanish law
law-of-PL = Polish law
law-of-IE = Irish law
law-of-DK = Danish law
law-of-SE = Swedish law
law-of-GB = British law
law-of-EU = European law

## What else a country's law asks; shown at set-up

law-remark-assessment-open = The term does not end while the tax of the year can still be assessed: ask an officer to place a hold for such a year.
law-remark-proceedings-pending = The term does not end while proceedings are pending for which the invoices matter: ask an officer to place a hold.
law-remark-absolute-limitation = The invoices must be kept until no tax can be claimed any more (absolute limitation): if a claim is still open, ask an officer to place a hold.
law-remark-in-germany = The invoices must lie in Germany unless they can be read online (UStG § 14b (2)). This box cannot be read online: let it stand in Germany.
law-remark-in-belgium = The invoices must be kept in Belgium: let the box stand there.
law-remark-in-luxembourg = The invoices must lie in Luxembourg unless they can be read online (TVA art. 65 (6)). This box cannot be read online: let it stand in Luxembourg.
law-remark-in-sweden = The invoices must lie in Sweden: let the box stand there.
law-remark-online-in-france = French law (LPF L102 C) asks for online access to the invoices, even inside France. A box that is on no network may not do: ask your adviser before you delete anything at the shop.
law-remark-regulated-in-italy = Italian law asks for “conservazione a norma”, a regulated service. This box is not one: keep that service too.
law-remark-sources-differ = Sources differ about the number of years (15 and 25 are named): ask your adviser; the box offers the longer.
law-remark-more-than-an-invoice = For the one-stop shop the record must hold more than an invoice does: payments with dates and amounts, and what the customer’s place was established from (Regulation (EU) 282/2011 art. 63c).

## Refusals

law-country-unknown = The box has no law for { $country }. Choose the country whose tax law the books are kept by: { $known }.
law-class-unknown = For { $country } the law table has no row for invoices of class { $class }. Keep them as ordinary invoices and lengthen that term to what your adviser says.
law-advice-missing = For { $country }, { $class }, the law table offers { $years } years but nobody has read the statute for it. Ask your adviser, then give the years and who advised them.
law-years-too-few = { $years } years are fewer than the { $least } that the law of { $country } asks for class { $class }. A term may be made longer, never shorter: give { $least } or more.
law-years-too-many = { $years } years for class { $class } are more than anybody needs. Give at most { $most }.
law-class-twice = The class { $class } is named twice. Name it once.
law-adviser-unreadable = Who advised the years must be a name of at most 200 characters on one line. Type it again.
law-month-unknown = A book year cannot end in month { $month }. Give a month from 1 (January) to 12 (December).
law-book-year-backwards = The book year from { $first } to { $last } ends before it begins. Exchange the two dates or correct them.
law-book-year-mid-month = The book year from { $first } to { $last } does not end on the last day of a month. Give the last day of the month in which it ends.
law-book-year-too-long = The book year from { $first } to { $last } is longer than 24 months. List the book years in it one by one.
law-book-years-apart = The book year that ends on { $last } is not followed by one that begins the day after: the next begins on { $first }. List every broken or long book year, so that no day lies in none or in two.
law-book-years-too-many = More than { $most } book years are listed. List only the broken and the long ones.
law-before-the-books = { $date } lies before { $first }, the first day of the first book year. Correct the date, or have the officer list the earlier book years.
law-date-unlikely = The date { $date } cannot be right: it lies before 1900 or after 2999. Correct it.
law-slug-unusable = The short name “{ $slug }” cannot be used. Take at most 40 lower-case letters, digits and single hyphens, such as trampoline.
law-term-name-unusable = “{ $name }” is not the name of a term. A term is named like trampoline-nl-ordinary-2026-12: type it as the box lists it.
law-term-misnamed = The term { $name } should by its country, class and last day end in { $expected }. Fetch the box’s card again.
law-no-term-for-day = The day { $date } lies in no open term of class { $class }. Open are: { $open }. Check the invoice’s date; if it is right, ask the officer to open that year on the box and fetch the new card.
law-no-term-of-class = The box has no open term for invoices of class { $class } (this one is of { $date }). Open are: { $open }. Ask the officer to open one and fetch the new card.
law-terms-overlap = The day { $date } lies in two terms, { $one } and { $other }. Ask the officer which law these books are kept by.
law-edition-unreadable = “{ $edition }” is not the edition of a law table. An edition is named by its month, such as 2027-01, or 2027-01.2 for the second of that month.
law-row-count = A law table has at least one row and at most { $most }; this one has { $count }.
law-row-unusable = Row { $row } of the law table cannot be used: it wants 1 to 100 years, and an article of at most 300 bytes on one line.
