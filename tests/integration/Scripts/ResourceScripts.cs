using Drcm.Integration.Tests.Stories.Clusters;
using Drcm.TestHosts;
using Xunit;

namespace Drcm.Integration.Tests.Scripts;

/// <summary>The scripts of this repository.</summary>
internal static class ResourceScripts
{
    internal static string Directory => RepositoryScripts.Directory;

    internal static string PathOf(string name) => Path.Combine(Directory, name);

    /// <summary>Runs one of them on a host; exit code and output together, for an assertion that explains itself.</summary>
    internal static async Task<ToolResult> RunAsync(TestHost host, string name, params string[] arguments) =>
        await host.RunAsync([PathOf(name), .. arguments], TestContext.Current.CancellationToken);
}
