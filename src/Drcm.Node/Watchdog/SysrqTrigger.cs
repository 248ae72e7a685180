using System.Runtime.InteropServices;

namespace Drcm.Node.Watchdog;

/// <summary>The kernel's own way to reset at once: <c>b</c> into <c>/proc/sysrq-trigger</c>. It resets the machine, whatever namespaces the writer is in; so it is
/// refused unless this process is seen to share those of the machine's first process. Allocates nothing after its construction.</summary>
internal sealed unsafe class SysrqTrigger : IDisposable
{
    /// <summary>For tests alone: a file that takes the letter instead.</summary>
    public const string Variable = "DRCM_TEST_SYSRQ";

    private const string Real = "/proc/sysrq-trigger";

    private readonly byte* _path;
    private readonly int _error;

    public SysrqTrigger()
    {
        var standIn = Environment.GetEnvironmentVariable(Variable);
        _path = (byte*)Marshal.StringToCoTaskMemUTF8(standIn ?? Real);
        if (standIn is null && !(IsOfTheMachine("net") && IsOfTheMachine("pid"))) _error = WatchdogCalls.NotPermitted;
        else if (WatchdogCalls.Access(_path, WatchdogCalls.MayWrite) != 0) _error = WatchdogCalls.LastError;
    }

    /// <summary>0: it can be used.</summary>
    public int Error => _error;

    /// <summary>Returns only if the kernel did not reset.</summary>
    public void Reset()
    {
        if (_error != 0) return;
        var trigger = WatchdogCalls.Open(_path, WatchdogCalls.WriteOnly | WatchdogCalls.Append | WatchdogCalls.CloseOnExec, 0);
        if (trigger < 0) return;
        var letter = (byte)'b';
        _ = WatchdogCalls.Write(trigger, &letter, 1);
        _ = WatchdogCalls.Close(trigger);
    }

    public void Dispose() => Marshal.FreeCoTaskMem((nint)_path);

    /// <summary>What cannot be looked at is not.</summary>
    private static bool IsOfTheMachine(string space)
    {
        try
        {
            return new FileInfo($"/proc/1/ns/{space}").LinkTarget is { } first && first == new FileInfo($"/proc/self/ns/{space}").LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
