using Microsoft.Extensions.Hosting.Systemd;

namespace Drcm.Node.Startup;

/// <summary><c>drcmd</c> without a further word: the daemon.</summary>
internal static class DaemonProgram
{
    private static readonly TimeSpan RestartPace = TimeSpan.FromSeconds(5);

    public static async Task<int> RunAsync(string[] words)
    {
        try
        {
            var arguments = DaemonArguments.Parse(words);
            if (arguments.WantsHelp)
            {
                await Console.Out.WriteLineAsync(DaemonArguments.Usage);
                return 0;
            }
            if (arguments.WantsVersion)
            {
                await Console.Out.WriteLineAsync($"drcmd {ProductVersion.Text}");
                return 0;
            }
            return await DaemonHost.RunAsync(arguments);
        }
        catch (StartupException e)
        {
            await Console.Error.WriteLineAsync($"drcmd: error: {e.Message}");
            // The unit starts it again at once, which is right after a crash; what cannot start needs a person, or room on a disk.
            if (SystemdHelpers.IsSystemdService()) await Task.Delay(RestartPace);
            return 1;
        }
    }
}
