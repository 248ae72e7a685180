using System.Globalization;

namespace Drcm.Cli.Demo;

/// <summary>The account that runs the demo, and so its applications.</summary>
internal static class Account
{
    public static string User => Environment.UserName;

    /// <summary>Name of the primary group; its number where /etc/group does not list it.</summary>
    public static string Group { get; } = FindGroup();

    private static string FindGroup()
    {
        var gid = File.ReadLines("/proc/self/status")
            .First(line => line.StartsWith("Gid:", StringComparison.Ordinal))
            .Split('\t', StringSplitOptions.RemoveEmptyEntries)[1];
        return File.ReadLines("/etc/group")
            .Select(line => line.Split(':'))
            .FirstOrDefault(fields => fields.Length > 2 && fields[2] == gid)?[0] ?? gid.ToString(CultureInfo.InvariantCulture);
    }
}
