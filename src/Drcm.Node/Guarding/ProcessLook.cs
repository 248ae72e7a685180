using Drcm.Node.Guarding.Native;

namespace Drcm.Node.Guarding;

/// <summary>One process as <c>/proc/PID/stat</c> shows it, read without allocating. The managed twin for everybody else is
/// <see cref="Scripts.ProcessStat"/>.</summary>
internal unsafe struct ProcessLook
{
    private const int BufferBytes = 1024;

    public int Id;
    public bool IsAlive;
    public int Group;
    public int Session;
    public long StartTime;

    /// <summary>False: there is no such process.</summary>
    public static bool TryRead(int id, out ProcessLook look)
    {
        look = default;
        var path = stackalloc byte[32];
        var buffer = stackalloc byte[BufferBytes];
        var length = WritePath(path, id);
        path[length] = 0;
        var file = GuardCalls.Open(path, Scripts.Native.Posix.CloseOnExec, 0);
        if (file < 0) return false;
        var count = (int)GuardCalls.Read(file, buffer, BufferBytes);
        _ = GuardCalls.Close(file);
        return count > 0 && TryParse(id, new ReadOnlySpan<byte>(buffer, count), out look);
    }

    /// <summary>The command name stands in parentheses and may itself hold blanks and parentheses.</summary>
    private static bool TryParse(int id, ReadOnlySpan<byte> text, out ProcessLook look)
    {
        look = default;
        var end = text.LastIndexOf((byte)')');
        if (end < 0 || end + 2 >= text.Length) return false;
        text = text[(end + 2)..];
        var state = text[0];
        look.Id = id;
        var threads = 0L;
        for (var field = 0; field <= StartTimeField && text.Length > 0; field++)
        {
            var blank = text.IndexOf((byte)' ');
            var word = blank < 0 ? text : text[..blank];
            text = blank < 0 ? default : text[(blank + 1)..];
            if (field is not (GroupField or SessionField or ThreadsField or StartTimeField)) continue;
            if (!System.Buffers.Text.Utf8Parser.TryParse(word, out long number, out _)) return false;
            if (field == GroupField) look.Group = (int)number;
            else if (field == SessionField) look.Session = (int)number;
            else if (field == ThreadsField) threads = number;
            else look.StartTime = number;
        }
        // A zombie is dead, unless it is only the first thread of a process whose other threads go on.
        look.IsAlive = state is not ((byte)'Z' or (byte)'X' or (byte)'x') || threads > 1;
        return true;
    }

    private const int GroupField = 2;
    private const int SessionField = 3;
    private const int ThreadsField = 17;
    private const int StartTimeField = 19;

    private static int WritePath(byte* path, int id)
    {
        var span = new Span<byte>(path, 31);
        "/proc/"u8.CopyTo(span);
        _ = System.Buffers.Text.Utf8Formatter.TryFormat(id, span[6..], out var digits);
        "/stat"u8.CopyTo(span[(6 + digits)..]);
        return 6 + digits + 5;
    }
}
