using System.Runtime.InteropServices;
using System.Text;
using Drcm.Node.Scripts.Native;

namespace Drcm.Node.Scripts;

/// <summary>What a script reads on stdin: written as a whole before it starts, so that nobody waits for anybody.</summary>
internal sealed unsafe class InputPipe : IDisposable
{
    /// <summary>A pipe holds 64 KiB by default, and one page at the least.</summary>
    public const int BytesMax = 4096;

    private InputPipe(int theirs) => Theirs = theirs;

    /// <summary>Descriptor to become stdin; -1: none, it reads from /dev/null.</summary>
    internal int Theirs { get; }

    internal static InputPipe? Open(string text, out string problem)
    {
        problem = "";
        if (text.Length == 0) return new InputPipe(-1);
        var bytes = Encoding.UTF8.GetBytes(text);
        if (bytes.Length > BytesMax)
        {
            problem = $"its input is {bytes.Length} bytes long, more than {BytesMax}; shorten its options";
            return null;
        }
        var ends = stackalloc int[2];
        if (Posix.Pipe(ends, Posix.CloseOnExec) == -1)
        {
            problem = "no pipe for its input: " + Posix.Describe(Marshal.GetLastPInvokeError());
            return null;
        }
        fixed (byte* start = bytes) _ = Posix.Write(ends[1], start, (nuint)bytes.Length);
        _ = Posix.Close(ends[1]);
        return new InputPipe(ends[0]);
    }

    public void Dispose()
    {
        if (Theirs != -1) _ = Posix.Close(Theirs);
    }
}
