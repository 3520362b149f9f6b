-- A counsellor's socket closed: her chats wait for her for the grace time.
-- ARGV[5] name  [6] node/sock  [7] grace in s
-- Returns {'ok', changed...} or {'none'}: a newer desk stands.
local c = counsellor_of(ARGV[5])
if not c or c.k ~= ARGV[6] then return {'none'} end
desk_down(ARGV[5], c, tonumber(ARGV[7]))
return {'ok', unpack(changed)}
