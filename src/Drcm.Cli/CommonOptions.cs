using System.CommandLine;

namespace Drcm.Cli;

/// <summary>Options that several commands share, with one spelling and one help text.</summary>
internal static class CommonOptions
{
    public const string DefaultConfig = "/etc/drcm/cm.cfg";

    public static Option<string> Config() => new("--config")
    {
        Description = "the configuration file",
        HelpName = "FILE",
        DefaultValueFactory = _ => DefaultConfig,
    };

    public static Option<bool> Json() => new("--json") { Description = "one JSON object" };
}
