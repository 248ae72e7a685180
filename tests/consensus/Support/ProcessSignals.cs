using System.Runtime.InteropServices;

namespace Drcm.Consensus.Tests.Support;

internal static partial class ProcessSignals
{
    private const int Stop = 19;

    /// <summary>SIGSTOP: the process answers nothing more while its host's kernel goes on acknowledging.</summary>
    public static void Freeze(int processId)
    {
        if (Kill(processId, Stop) != 0)
        {
            throw new InvalidOperationException($"kill: error {Marshal.GetLastPInvokeError()}");
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int processId, int signal);
}
