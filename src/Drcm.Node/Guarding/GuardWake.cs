using Drcm.Node.Scripts.Native;

namespace Drcm.Node.Guarding;

/// <summary>The daemon's end of the FIFO that wakes the guard. Without a reader, or with a full pipe, there is nobody to wake or he is awake already.</summary>
internal sealed unsafe class GuardWake(string runDir) : IDisposable
{
    private const int WriteOnly = 1;

    private readonly Lock _lock = new();
    private readonly string _path = Path.Combine(runDir, GuardLoop.WakeName);
    private int _pipe = -1;

    public void Ring()
    {
        lock (_lock)
        {
            // The pipe is made by the first guard, and is the same for every later one.
            if (_pipe < 0) _pipe = Posix.Open(_path, WriteOnly | Posix.NonBlocking | Posix.CloseOnExec, 0);
            byte one = 1;
            if (_pipe >= 0 && Posix.Write(_pipe, &one, 1) < 0 && System.Runtime.InteropServices.Marshal.GetLastPInvokeError() == BrokenPipe) Drop();
        }
    }

    public void Dispose()
    {
        lock (_lock) Drop();
    }

    private const int BrokenPipe = 32;

    private void Drop()
    {
        if (_pipe >= 0) _ = Posix.Close(_pipe);
        _pipe = -1;
    }
}
