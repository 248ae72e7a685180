using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using Drcm.StateMachine;

namespace Drcm.Cli.Demo;

/// <summary>Everything that a demo writes, in one temporary directory of its own.</summary>
internal sealed class DemoDirectory
{
    public const string LogName = "drcm.log";

    private const string Prefix = "drcm-demo-";
    /// <summary>Characters that a row of cm.cfg or a shell reads as something else.</summary>
    private static readonly SearchValues<char> Awkward = SearchValues.Create(" ,#'\"\\\n");

    private const int AuthKeyBytes = 2048;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode KeyMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private DemoDirectory(string path) => Path = path;

    public string Path { get; }

    public string Config => $"{Path}/cm.cfg";

    public string Script => $"{Path}/record.sh";

    public string InstallLocation => $"{Path}/cron.d";

    public string Template(string nickname) => $"{Path}/templates/{nickname}";

    public string Node(NodeId node) => $"{Path}/nodes/{node}";

    public string Marks(NodeId node) => $"{Path}/marks/{node}";

    /// <summary>Also ends what an earlier demo left that was killed with SIGKILL.</summary>
    public static DemoDirectory Create()
    {
        var parent = System.IO.Path.GetTempPath().TrimEnd('/');
        if (parent.AsSpan().IndexOfAny(Awkward) >= 0) parent = "/tmp";
        SweepLeftovers(parent);
        var path = $"{parent}/{Prefix}{Environment.ProcessId}";
        Directory.CreateDirectory(path, OwnerOnly);
        return new DemoDirectory(path);
    }

    public void Write(DemoPlan plan)
    {
        File.WriteAllText(Config, plan.ConfigText);
        var auth = Directory.CreateDirectory($"{Path}/.auth", OwnerOnly).FullName;
        var key = RandomNumberGenerator.GetBytes(AuthKeyBytes);
        WritePrivate($"{auth}/authkey", key);
        WritePrivate($"{auth}/authkey.sha1", System.Text.Encoding.ASCII.GetBytes(OldToolsHash(key)));
        File.WriteAllText(Script, RecordingScript.Text(Path));
        File.SetUnixFileMode(Script, OwnerOnly);
        Directory.CreateDirectory(InstallLocation);
        Directory.CreateDirectory($"{Path}/templates");
        foreach (var cron in plan.Definition.Resources.OfType<StateMachine.Configuration.CrontabDefinition>())
        {
            File.WriteAllText(Template(cron.Id.Nickname), "# a crontab of drcm demo\n");
        }
        foreach (var node in plan.Definition.Nodes)
        {
            Directory.CreateDirectory(Marks(node.Id));
            foreach (var part in (string[])["run", "log", "spool", "home"]) Directory.CreateDirectory($"{Node(node.Id)}/{part}", OwnerOnly);
        }
    }

    /// <summary>Last lines of a daemon's log, for a failure's message.</summary>
    public IReadOnlyList<string> LastLogLines(NodeId node, int count)
    {
        var log = $"{Node(node)}/log/{LogName}";
        return File.Exists(log) ? [.. File.ReadLines(log).TakeLast(count)] : [];
    }

    public void Remove()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // Removed by somebody else: nothing is left, as wanted.
        }
    }

    private static void WritePrivate(string path, byte[] content)
    {
        using var file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = KeyMode,
        });
        file.Write(content);
    }

    private static string OldToolsHash(byte[] key)
    {
#pragma warning disable CA5350 // The original's tools want SHA-1; nothing relies on it.
        return Convert.ToHexStringLower(SHA1.HashData(key));
#pragma warning restore CA5350
    }

    private static void SweepLeftovers(string parent)
    {
        foreach (var path in Directory.GetDirectories(parent, Prefix + "*"))
        {
            var owner = path[(path.LastIndexOf('-') + 1)..];
            if (!int.TryParse(owner, NumberStyles.None, CultureInfo.InvariantCulture, out var id)) continue;
            if (id != Environment.ProcessId && Directory.Exists($"/proc/{id}")) continue;
            try
            {
                DemoProcesses.KillAll(path, node: null);
                Directory.Delete(path, recursive: true);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                continue; // Another user's: theirs to remove.
            }
        }
    }
}
