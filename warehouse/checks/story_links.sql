-- Two linked texts are held, are not one, and each has a row that says the same of both.
select links.text_no, links.other_no, count(*) as row_count
from story_links as links
left join story_links as back on back.text_no = links.other_no and back.other_no = links.text_no
group by links.text_no, links.other_no
having count(*) > 1
    or any_value(back.is_same) is distinct from any_value(links.is_same)
    or links.text_no = links.other_no
    or links.text_no not in (select text_no from story_texts)
