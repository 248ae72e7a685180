namespace Drcm.Node.Startup;

/// <summary>The command line of <c>drcmd</c> (DESIGN 11).</summary>
internal sealed record DaemonArguments
{
    public const string Usage = """
        Usage: drcmd [--config FILE] [--node NODENAME] [--run-dir DIR] [--log-dir DIR] [--spool-dir DIR]
               drcmd log verify|inspect …   (drcmd log --help)
               drcmd audit …                (drcmd audit --help)
               drcmd cron-exec …            (drcmd cron-exec --help)
               drcmd guard …                (drcmd guard --help)

          --config FILE      cluster configuration (default /etc/drcm/cm.cfg); the auth key is .auth/authkey beside it
          --node NODENAME    which [CM_NODE] this is (default: the one whose hostname is `uname -n`)
          --run-dir DIR      instead of run_dir of the configuration
          --log-dir DIR      instead of log_dir
          --spool-dir DIR    instead of spool_dir
          --version          print the version and exit
          --help             print this and exit

        `drcm config check` tells what is wrong with a configuration before the daemon meets it.
        """;

    public string ConfigFile { get; private init; } = "/etc/drcm/cm.cfg";

    public string? Node { get; private init; }

    public string? RunDir { get; private init; }

    public string? LogDir { get; private init; }

    public string? SpoolDir { get; private init; }

    public bool WantsHelp { get; private init; }

    public bool WantsVersion { get; private init; }

    /// <exception cref="StartupException">An unknown option, or one without its value.</exception>
    public static DaemonArguments Parse(string[] words)
    {
        var arguments = new DaemonArguments();
        for (var i = 0; i < words.Length; i++)
        {
            var (name, inline) = Split(words[i]);
            if (name is "--help" or "-h" or "-?") return arguments with { WantsHelp = true };
            if (name == "--version") return arguments with { WantsVersion = true };
            var value = inline ?? (i + 1 < words.Length ? words[++i] : throw Bad($"{name} needs a value"));
            arguments = name switch
            {
                "--config" or "--config-file" => arguments with { ConfigFile = Path.GetFullPath(value) },
                "--node" => arguments with { Node = value },
                "--run-dir" => arguments with { RunDir = Path.GetFullPath(value) },
                "--log-dir" => arguments with { LogDir = Path.GetFullPath(value) },
                "--spool-dir" => arguments with { SpoolDir = Path.GetFullPath(value) },
                _ => throw Bad($"unknown option {name}"),
            };
        }
        return arguments;
    }

    private static (string Name, string? Value) Split(string word)
    {
        var equals = word.StartsWith("--", StringComparison.Ordinal) ? word.IndexOf('=', StringComparison.Ordinal) : -1;
        return equals < 0 ? (word, null) : (word[..equals], word[(equals + 1)..]);
    }

    private static StartupException Bad(string what) => new(what, "drcmd --help lists the options");
}
