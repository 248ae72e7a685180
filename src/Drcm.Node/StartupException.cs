namespace Drcm.Node;

/// <summary>The daemon cannot start. Printed as <c>drcmd: error: what; remedy</c>, exit status 1.</summary>
internal sealed class StartupException : Exception
{
    public StartupException(string what, string remedy, Exception? inner = null)
        : base($"{what}; {remedy}", inner)
    {
    }

    /// <summary>For causes whose message names the remedy already.</summary>
    public StartupException(Exception cause)
        : base(cause.Message, cause)
    {
    }
}
