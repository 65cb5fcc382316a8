package ovirt

// systemRules are about users, roles, quotas and the system itself; see machineRules.
var systemRules = [groupEnd][]row{
	ConfigureEngine: {
		{System, Container, Request, kubevirt, "kubevirts", edit},
		{System, Container, Request, cdi, "cdis", edit},
		{System, Container, Request, harvester, "addons settings", edit},
	},
	ManipulateUsers: {{System, Container, Request, rancher, "users", write}},
	ManipulateRoles: {
		{System, Container, RequestAndBody, bailiwick, "roledefinitions", write},
		{System, Container, RequestAndBody, rancher, "roletemplates", write},
	},
	// On the object that the assignment names.
	ManipulatePermissions: {{AnyObject, Body, OnlyBody, bailiwick, "roleassignments", "create delete"}},
	ConfigureQuota: {
		{Namespace, Container, Request, core, "resourcequotas limitranges", write},
		{Namespace, Container, Request, harvester, "resourcequotas", write},
	},
	InjectExternalEvents: {
		{Namespace, Container, Request, core, "events", "create"},
		{Namespace, Container, Request, "events.k8s.io", "events", "create"},
	},
}
