namespace Drcm.Node;

/// <summary>The daemon cannot start. Printed as <c>drcmd: error: what; remedy</c>, exit status 1.</summary>
internal sealed class StartupException(string what, string remedy, Exception? inner = null) : Exception($"{what}; {remedy}", inner);
