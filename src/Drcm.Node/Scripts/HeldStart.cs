using System.Runtime.InteropServices;
using Drcm.Node.Scripts.Native;

namespace Drcm.Node.Scripts;

/// <summary>A script that begins only when it is told to: by then its process group is known to whoever has to end it. When the daemon dies before that, the script
/// ends without having begun: there is no moment in which it acquires and nobody knows of it (O17).</summary>
internal sealed unsafe class HeldStart : IDisposable
{
    /// <summary>Descriptor that the shell waits at; closed again before the script begins.</summary>
    internal const int Gate = 3;

    /// <summary>The end of the pipe without a word means that the daemon is gone. What the shell puts into the environment by itself is taken out.</summary>
    private const string Text = "read -r go <&3 || exit 125; exec 3<&-; unset go PWD OLDPWD SHLVL; exec \"$0\" \"$@\"";

    private int _ours;
    private int _theirs;

    private HeldStart(int theirs, int ours) => (_theirs, _ours) = (theirs, ours);

    /// <summary>Descriptor to become <see cref="Gate"/> in the child.</summary>
    internal int Theirs => _theirs;

    /// <summary>Null with the reason if descriptors have run out.</summary>
    internal static HeldStart? Open(out string problem)
    {
        var ends = stackalloc int[2];
        problem = "";
        if (Posix.Pipe(ends, Posix.CloseOnExec) == 0) return new HeldStart(ends[0], ends[1]);
        problem = "no pipe to hold it back: " + Posix.Describe(Marshal.GetLastPInvokeError());
        return null;
    }

    /// <summary>The same program behind a shell that waits.</summary>
    internal static LaunchPlan Wrap(LaunchPlan plan) =>
        plan with { Path = "/bin/sh", Arguments = ["sh", "-c", Text, plan.Path, .. plan.Arguments.Skip(1)] };

    internal void Release()
    {
        byte line = (byte)'\n';
        _ = Posix.Write(_ours, &line, 1);
        Dispose();
    }

    public void Dispose()
    {
        if (_ours < 0) return;
        _ = Posix.Close(_ours);
        _ = Posix.Close(_theirs);
        (_ours, _theirs) = (-1, -1);
    }
}
