using Drcm.Node;
using Drcm.Node.Startup;

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
    return 1;
}
