using Xunit;

namespace Drcm.Integration.Tests.Cli;

/// <summary>The launcher in a pretended source tree, with a compiler that only tells that it was called.</summary>
public sealed class LauncherTests : IDisposable
{
    private const UnixFileMode Executable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly string _root = Directory.CreateTempSubdirectory("drcm-test-").FullName;
    private readonly string _tools;

    public LauncherTests()
    {
        _tools = $"{_root}/tools";
        foreach (var part in (string[])["tools", "ops/launch", "src/Drcm.Cli", "elsewhere"]) Directory.CreateDirectory($"{_root}/{part}");
        var source = FindRoot();
        foreach (var file in (string[])["drcm", "ops/launch/launch"]) File.Copy($"{source}/{file}", $"{_root}/{file}");
        foreach (var file in (string[])["Directory.Build.props", "Directory.Packages.props", "global.json", ".editorconfig", "src/Drcm.Cli/A.cs"])
        {
            File.WriteAllText($"{_root}/{file}", "");
        }
        foreach (var tool in (string[])["bash", "find", "dirname", "readlink", "flock", "mkdir", "touch", "mv", "grep", "sort", "head", "tail", "env"])
        {
            File.CreateSymbolicLink($"{_tools}/{tool}", Which(tool));
        }
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task Launch_FirstUse_BuildsWithOneLineThenRuns()
    {
        Compiler(exit: 0);

        var result = await LaunchAsync("status", "two words");

        Assert.Equal((7, "ran status two words\n"), (result.Exit, result.Output));
        Assert.Single(result.Errors.TrimEnd().Split('\n'));
        Assert.Contains("building from source", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Launch_NothingChanged_DoesNotBuild()
    {
        Compiler(exit: 0);
        await LaunchAsync();
        File.Delete($"{_tools}/dotnet");

        var result = await LaunchAsync();

        Assert.Equal((7, ""), (result.Exit, result.Errors));
    }

    [Theory]
    [InlineData("src/Drcm.Cli/A.cs")]
    [InlineData("Directory.Packages.props")]
    [InlineData("global.json")]
    public async Task Launch_SourceNewerThanTheBuild_BuildsAgain(string changed)
    {
        Compiler(exit: 0);
        await LaunchAsync();
        File.SetLastWriteTimeUtc($"{_root}/{changed}", File.GetLastWriteTimeUtc($"{_root}/artifacts/launch/built").AddSeconds(1));

        var result = await LaunchAsync();

        Assert.Contains("building from source", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Launch_OutputOfTestBuilds_IsNoSource()
    {
        Compiler(exit: 0);
        Directory.CreateDirectory($"{_root}/src/Drcm.Cli/obj");
        await LaunchAsync();
        await File.WriteAllTextAsync($"{_root}/src/Drcm.Cli/obj/new", "", Token);
        File.SetLastWriteTimeUtc($"{_root}/src/Drcm.Cli/obj/new", File.GetLastWriteTimeUtc($"{_root}/artifacts/launch/built").AddSeconds(1));

        Assert.Equal("", (await LaunchAsync()).Errors);
    }

    [Fact]
    public async Task Launch_BuildFails_ShowsTheErrorsAndStops()
    {
        Compiler(exit: 1);

        var result = await LaunchAsync();

        Assert.Equal((1, ""), (result.Exit, result.Output));
        Assert.Contains("A.cs(1,1): error CS0000: broken", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Launch_NoSdk_SaysHowToInstallIt()
    {
        var result = await LaunchAsync();

        Assert.Equal(1, result.Exit);
        Assert.Contains("the .NET SDK is missing; install version 10.0", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Launch_ThroughASymbolicLink_FindsItsTree()
    {
        Compiler(exit: 0);
        File.CreateSymbolicLink($"{_root}/elsewhere/drcm", "../drcm");

        var result = await LaunchFromAsync($"{_root}/elsewhere/drcm");

        Assert.Equal(7, result.Exit);
    }

    [Fact]
    public async Task Launch_TwoAtOnce_BuildOnce()
    {
        Compiler(exit: 0);

        var results = await Task.WhenAll(LaunchAsync(), LaunchAsync());

        Assert.All(results, result => Assert.Equal(7, result.Exit));
        Assert.Single(await File.ReadAllLinesAsync($"{_root}/builds", Token));
    }

    /// <summary>A stand-in for dotnet: notes the call, then makes the program, or prints an error.</summary>
    private void Compiler(int exit)
    {
        var program = $"{_root}/artifacts/launch/bin/drcm";
        var success = $"""
            mkdir -p {_root}/artifacts/launch/bin
            printf '#!/usr/bin/env bash\necho "ran $*"\nexit 7\n' >{program}
            {Which("chmod")} +x {program}
            """;
        var text = $"""
            #!{Which("bash")}
            echo build >>{_root}/builds
            {(exit == 0 ? success : "echo 'A.cs(1,1): error CS0000: broken'")}
            exit {exit}
            """;
        File.WriteAllText($"{_tools}/dotnet", text);
        File.SetUnixFileMode($"{_tools}/dotnet", Executable);
    }

    private Task<ProgramResult> LaunchAsync(params string[] arguments) => LaunchFromAsync($"{_root}/drcm", arguments);

    private Task<ProgramResult> LaunchFromAsync(string program, params string[] arguments) => RunProgram.ToEndAsync(
        program, arguments, Token, ("PATH", _tools), ("HOME", _root), ("DOTNET_ROOT", null));

    private static string Which(string tool) =>
        ((string[])["/usr/bin", "/bin"]).Select(directory => $"{directory}/{tool}").First(File.Exists);

    private static string FindRoot()
    {
        var directory = AppContext.BaseDirectory;
        while (!File.Exists($"{directory}/Drcm.sln")) directory = Path.GetDirectoryName(directory) ?? throw new InvalidOperationException("no Drcm.sln above the tests");
        return directory;
    }
}
