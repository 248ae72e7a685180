using Drcm.Node.Startup;

namespace Drcm.Node.Guarding;

/// <summary>The command line of <c>drcmd guard</c>.</summary>
internal sealed record GuardArguments(string RunDir, bool Stays)
{
    public const string Usage = """
        Usage: drcmd guard [--run-dir DIR] [--stay]

        Releases what is exclusive on this host when drcmd is killed, frozen or hung past its lease. A daemon starts its own guard, unless
        DRCM_GUARD=external in its environment says that a unit of its own runs it.

          --run-dir DIR      of the daemon that it watches over (default /var/run/drcm)
          --stay             do not end with the daemon
          --help             print this and exit
        """;

    private const string Remedy = "drcmd guard --help lists the options";

    /// <returns>Null: help was asked for.</returns>
    /// <exception cref="StartupException">An unknown option, or one without its value.</exception>
    public static GuardArguments? Parse(string[] words)
    {
        var arguments = new GuardArguments("/var/run/drcm", Stays: false);
        for (var i = 0; i < words.Length; i++)
        {
            if (words[i] is "--help" or "-h") return null;
            if (words[i] == "--stay") arguments = arguments with { Stays = true };
            else if (words[i] != "--run-dir") throw new StartupException($"unknown option {words[i]}", Remedy);
            else if (++i == words.Length) throw new StartupException("--run-dir needs a value", Remedy);
            else arguments = arguments with { RunDir = Path.GetFullPath(words[i]) };
        }
        return arguments;
    }
}
