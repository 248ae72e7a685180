namespace Drcm.Integration.Tests.Stories.Clusters;

/// <summary>The resource scripts of this repository.</summary>
internal static class RepositoryScripts
{
    public static string Directory { get; } = Find();

    /// <summary>Of the repository.</summary>
    public static string Root { get; } = Path.GetFullPath(Path.Combine(Directory, "..", ".."));

    private static string Find()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            var candidate = Path.Combine(at.FullName, "etc", "resources");
            if (File.Exists(Path.Combine(candidate, "crontab.sh"))) return candidate;
        }
        throw new DirectoryNotFoundException("etc/resources above the program's directory");
    }
}
