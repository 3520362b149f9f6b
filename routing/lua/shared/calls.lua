-- Who else calls for a lead, in the order in which they did, and how many leads beside her are at a desk.
-- ARGV[5] name
-- Returns {'ok', leads, {name, line or '', lead who comes or ''}...}.
local leads, all = 0, {}
for _, name in ipairs(help_of('l')) do
  if name ~= ARGV[5] then leads = leads + 1 end
end
for _, name in ipairs(help_of('c')) do
  local c = counsellor_of(name)
  if name ~= ARGV[5] and c and c.q then all[#all + 1] = {c.q, name, c.ql or '', c.qb or ''} end
end
table.sort(all, function(a, b) return a[1] < b[1] end)
local out = {'ok', leads}
for _, x in ipairs(all) do out[#out + 1] = {x[2], x[3], x[4]} end
return out
