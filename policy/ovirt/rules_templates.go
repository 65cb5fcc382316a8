package ovirt

// templateRules are about templates, their versions, images, instance types and preferences; see machineRules. A version
// belongs to the template that it names.
var templateRules = [groupEnd][]row{
	CreateTemplate: {
		{Template, Container, Request, harvester, "virtualmachinetemplates", "create"},
		{Template, Body, RequestAndBody, harvester, "virtualmachinetemplateversions", "create"},
		{Template, Container, Request, instancetype, "virtualmachineinstancetypes virtualmachinepreferences", "create"},
		{System, Container, Request, instancetype, "virtualmachineclusterinstancetypes virtualmachineclusterpreferences", "create"},
	},
	EditTemplateProperties: {
		{Template, Named, RequestAndBody, harvester, "virtualmachinetemplates", edit},
		{Template, Body, RequestAndBody, harvester, "virtualmachinetemplateversions", edit},
		{Template, Named, RequestAndBody, instancetype, "virtualmachineinstancetypes virtualmachinepreferences", edit},
		{System, Container, Request, instancetype, "virtualmachineclusterinstancetypes virtualmachineclusterpreferences", edit},
	},
	DeleteTemplate: {
		{Template, Named, Request, harvester, "virtualmachinetemplates", "delete"},
		{Template, Body, RequestAndBody, harvester, "virtualmachinetemplateversions", "delete"},
		{Template, Named, Request, instancetype, "virtualmachineinstancetypes virtualmachinepreferences", "delete"},
		{System, Container, Request, instancetype, "virtualmachineclusterinstancetypes virtualmachineclusterpreferences", "delete"},
	},
	CopyTemplate: {{Template, Body, RequestAndBody, harvester, "virtualmachinetemplateversions", "create"}},
	ConfigureTemplateNetwork: {
		{Template, Body, OnlyBody, harvester, "virtualmachinetemplateversions", edit},
		{VnicProfile, Named, Request, nads, "network-attachment-definitions", Use},
	},
	EditAdminTemplateProperties: {{Template, Body, OnlyBody, harvester, "virtualmachinetemplateversions", edit}},
	AccessImageStorage: {
		{Template, Named, Request, harvester, "virtualmachineimages", "get list watch use"},
		{Template, Named, Request, cdi, "datasources", "get list watch"},
	},
}
