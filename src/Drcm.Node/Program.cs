using Drcm.Node;
using Drcm.Node.Crontabs;
using Drcm.Node.LogTool;
using Drcm.Node.Startup;
using Microsoft.Extensions.Hosting.Systemd;

if (args is ["log", ..]) return LogProgram.Run(args[1..]);
if (args is [GuardProgram.Verb, ..]) return CronExec.Run(args[1..]);
var restartPace = TimeSpan.FromSeconds(5);
try
{
    var arguments = DaemonArguments.Parse(args);
    if (arguments.WantsHelp)
    {
        Console.Out.WriteLine(DaemonArguments.Usage);
        return 0;
    }
    if (arguments.WantsVersion)
    {
        Console.Out.WriteLine($"drcmd {ProductVersion.Text}");
        return 0;
    }
    return await DaemonHost.RunAsync(arguments);
}
catch (StartupException e)
{
    await Console.Error.WriteLineAsync($"drcmd: error: {e.Message}");
    // The unit starts it again at once, which is right after a crash; what cannot start needs a person, or room on a disk.
    if (SystemdHelpers.IsSystemdService()) await Task.Delay(restartPace);
    return 1;
}
