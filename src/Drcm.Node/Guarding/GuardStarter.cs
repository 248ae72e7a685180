using System.Collections;
using Drcm.Node.Scripts;
using Drcm.Node.Scripts.Native;

namespace Drcm.Node.Guarding;

/// <summary>Starts a guard that outlives the daemon: a session of its own, no descriptor of the daemon's, its lines in <c>guard.log</c> in the run directory.</summary>
internal static class GuardStarter
{
    /// <summary>A guard of long standing writes little; what is above this is begun anew.</summary>
    private const long LogBytesMax = 1024 * 1024;

    private const int WriteOnly = 1;
    private const int Create = 0x40;
    private const int Append = 0x400;
    private const uint OwnerAndGroup = 0x1a0;

    /// <summary>The runtime of a process that allocates nothing needs little.</summary>
    private static readonly string[] Settings = ["DOTNET_GCHeapHardLimit=0x2000000", "DOTNET_EnableDiagnostics=0"];

    /// <returns>Empty: started. Else why not.</returns>
    public static string Start(string runDir)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "drcmd");
        var path = Path.Combine(runDir, "guard.log");
        if (new FileInfo(path) is { Exists: true, Length: > LogBytesMax } full) full.Delete();
        var log = Posix.Open(path, WriteOnly | Create | Append | Posix.CloseOnExec, OwnerAndGroup);
        if (log < 0) return $"{path} cannot be opened";
        var error = Spawn.Start(program, ["drcmd", "guard", "--run-dir", runDir], Environment(), "/", log, out var id);
        _ = Posix.Close(log);
        if (error != 0) return $"{program}: {Posix.Describe(error)}";
        // Its end is seen through /proc; its number is given back at the next script.
        UnreapedChildren.Add(id);
        return "";
    }

    /// <summary>The daemon's own, but for the socket by which a service tells that it is ready.</summary>
    private static List<string> Environment()
    {
        var variables = new List<string>(Settings);
        foreach (DictionaryEntry variable in System.Environment.GetEnvironmentVariables())
        {
            var name = (string)variable.Key;
            if (name != "NOTIFY_SOCKET" && !Settings.Any(s => s.StartsWith(name + "=", StringComparison.Ordinal))) variables.Add($"{name}={variable.Value}");
        }
        return variables;
    }
}
