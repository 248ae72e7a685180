namespace Drcm.Cli.Demo;

/// <summary>Where <c>drcmd</c> is: beside this program, or where <c>DRCM_DRCMD</c> says.</summary>
internal static class DaemonProgram
{
    private const string Variable = "DRCM_DRCMD";

    /// <exception cref="DemoFailure">It is not there.</exception>
    public static string Find()
    {
        var named = Environment.GetEnvironmentVariable(Variable);
        var path = string.IsNullOrEmpty(named) ? Path.Combine(AppContext.BaseDirectory, "drcmd") : Path.GetFullPath(named);
        return File.Exists(path)
            ? path
            : throw new DemoFailure($"the daemon is not at {path}; install drcmd beside drcm, or name it in {Variable}");
    }
}
