-- What stands at one desk.
-- ARGV[5] name
-- Returns {'ok', counsellor JSON, offer, chat JSON of the offer, its chat, now in s, chat, JSON, ..., '', wrap-up, ...} or {'none'}.
local name = ARGV[5]
local j = call('HGET', COUNSELLORS, name)
if not j then return {'none'} end
local c, out = cjson.decode(j), {'ok', j, '', '', '', now}
if c.f ~= '' then
  local chat = string.match(call('HGET', OFFERS, c.f) or '', '^r:([^:]*)')
  if chat then out[3], out[4], out[5] = c.f, call('HGET', CHATS, chat), chat end
end
local hers = held_by(name, 'c')
if #hers > 0 then
  for i, j in ipairs(call('HMGET', CHATS, unpack(hers))) do
    out[#out + 1] = hers[i]
    out[#out + 1] = j or '{}'
  end
end
out[#out + 1] = ''
for _, chat in ipairs(held_by(name, 'w')) do out[#out + 1] = chat end
return out
