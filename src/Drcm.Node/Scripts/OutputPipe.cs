using System.Runtime.InteropServices;
using Drcm.Node.Scripts.Native;

namespace Drcm.Node.Scripts;

/// <summary>Where a script writes. Its end is open for reading as well, so that a background program that keeps it is never
/// killed by SIGPIPE, not even when the daemon has gone; after the run it stops blocking, so that a full pipe never stops it either.</summary>
internal sealed unsafe class OutputPipe : IDisposable
{
    private const int ChunkBytes = 16 * 1024;

    private readonly int _ours;

    private OutputPipe(int ours, int theirs)
    {
        _ours = ours;
        Theirs = theirs;
    }

    /// <summary>Descriptor to hand to the script.</summary>
    internal int Theirs { get; }

    internal int Ours => _ours;

    /// <summary>Null with the reason if descriptors have run out.</summary>
    internal static OutputPipe? Open(Account? owner, out string problem)
    {
        var ends = stackalloc int[2];
        problem = "";
        if (Posix.Pipe(ends, Posix.CloseOnExec) == -1)
        {
            problem = "no pipe for its output: " + Posix.Describe(Marshal.GetLastPInvokeError());
            return null;
        }
        var both = Posix.Open($"/proc/self/fd/{ends[0]}", Posix.ReadWrite | Posix.CloseOnExec, 0);
        if (both == -1)
        {
            both = ends[1];
        }
        else
        {
            _ = Posix.Close(ends[1]);
        }
        _ = Posix.Control(ends[0], Posix.SetFlags, Posix.NonBlocking);
        // A script of another user may open /dev/stderr, which needs the right to open this pipe.
        if (owner is not null) _ = Posix.ChangeOwner(both, owner.User, owner.Group);
        return new OutputPipe(ends[0], both);
    }

    /// <summary>Takes what has been written up to now, at most <paramref name="bytesMax"/>, so that a chatterer does not hold us.</summary>
    internal void Drain(ScriptOutput output, int bytesMax)
    {
        var buffer = stackalloc byte[ChunkBytes];
        for (var taken = 0; taken < bytesMax;)
        {
            var count = (int)Posix.Read(_ours, buffer, ChunkBytes);
            if (count <= 0) return;
            taken += count;
            output.Append(new ReadOnlySpan<byte>(buffer, count));
        }
    }

    public void Dispose()
    {
        _ = Posix.Control(Theirs, Posix.SetFlags, Posix.NonBlocking | Posix.ReadWrite);
        _ = Posix.Close(Theirs);
        _ = Posix.Close(_ours);
    }
}
